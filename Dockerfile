# A Debian that runs services: a target's, or a program and what it needs.
#
#     ./mvnw -B package -DskipTests && docker build -t svc .
#     docker run -v $PWD/examples/hello:/etc/svc svc
#     docker run svc -- nginx -g 'daemon off;'
FROM debian:bookworm-slim
ADD run/target/svc-*-linux-*.tar.gz /opt/
RUN mv /opt/svc-* /usr/lib/svc \
 && for program in /usr/lib/svc/bin/*; do ln -s "$program" /usr/sbin/; done \
 && mkdir /etc/svc \
 && svc-archive
STOPSIGNAL SIGTERM
ENTRYPOINT ["svc-init"]
